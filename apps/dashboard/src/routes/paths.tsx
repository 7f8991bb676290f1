export function PathsPage() { return <p>Paths</p>; }
