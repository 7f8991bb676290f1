export function FunnelsPage() { return <p>Funnels</p>; }
