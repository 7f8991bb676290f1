export function RetentionPage() { return <p>Retention</p>; }
