// A thread that answers one question and ends; see JourneyThreads.
import { parentPort, workerData } from 'node:worker_threads';
import { STATEMENT_TIMEOUT } from '../sqlstate.js';
import { connectAndFollow, JourneyUnansweredError } from './follow-segments.js';
import type { ThreadData, ThreadReply } from './journey-threads.js';

async function reply(): Promise<ThreadReply> {
  const { url, question, mostBytes } = workerData as ThreadData;
  try {
    return { followed: await connectAndFollow(url, question, mostBytes) };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    if (code === STATEMENT_TIMEOUT) return { message: 'this takes longer than a statement may; ask for a shorter range', code, unanswered: true };
    return { message, code, unanswered: error instanceof JourneyUnansweredError };
  }
}

parentPort!.postMessage(await reply());
