import type { QueryClient } from '@tanstack/react-query';
import { configQuery } from './gateway-client.js';

/**
 * Sends the dashboard's own page views and clicks to project `self` with the collector's tracker.
 * The dashboard works the same without it: whatever fails here is passed over.
 */
export async function trackOwnUse(client: QueryClient): Promise<void> {
  const config = await client.fetchQuery(configQuery).catch(() => null);
  if (!config?.selfWriteKey) return;
  const script = document.createElement('script');
  script.async = true;
  // Without it the browser hides the messages of errors from a script of another origin.
  script.crossOrigin = 'anonymous';
  script.src = `${config.collectorUrl}/tracker.js`;
  script.dataset.key = config.selfWriteKey;
  document.head.append(script);
}
