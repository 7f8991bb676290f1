/** The key of partition `n`. The hash tag is the partition alone, so no command of this library touches two slots of a cluster. */
export const streamKey = (stream: string, partition: number): string => `${stream}:{${partition}}`;

/** Where undeliverable entries of partition `n` go when no handler is registered for them. Same slot as the partition. */
export const deadStreamKey = (stream: string, partition: number): string => `${streamKey(stream, partition)}:dead`;

/** The hash tally key → items accepted, of partition `n`. */
export const acceptedKey = (stream: string, partition: number): string => `${streamKey(stream, partition)}:accepted`;

/** The stream of the entries' tallies, under the entries' own ids: what is in flight can be counted without touching a body. */
export const tallyStreamKey = (stream: string, partition: number): string => `${streamKey(stream, partition)}:tally`;

/**
 * The partition of a key: FNV-1a (32 bit, over UTF-16 code units) with murmur3's finalizer, modulo the number of partitions.
 * The finalizer is there because the low bits of FNV-1a depend on the low bits of the input only, and the modulus is often 2^k.
 * Stable for ever: producers in other languages may compute it, and a change would move keys between partitions.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}
