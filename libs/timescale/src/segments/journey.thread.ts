// A thread that answers one question and ends; see JourneyThreads.
import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'pg';
import { SNAPSHOT } from '../queries/metrics.reader.js';
import { followSegments, JourneyUnansweredError, type Followed } from './follow-segments.js';
import type { ThreadData, ThreadReply } from './journey-threads.js';

async function answer({ url, question, mostBytes }: ThreadData): Promise<Followed> {
  const client = new Client({ connectionString: url, application_name: 'journeys', connectionTimeoutMillis: 5_000 });
  // A connection that breaks fails what runs on it, too.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(SNAPSHOT);
    return await followSegments(client, question, mostBytes);
  } finally {
    // It may be in the middle of a COPY: not asked, but left.
    client.connection.stream.destroy();
  }
}

async function reply(): Promise<ThreadReply> {
  try {
    return { followed: await answer(workerData as ThreadData) };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { message, code, unanswered: error instanceof JourneyUnansweredError };
  }
}

parentPort!.postMessage(await reply());
