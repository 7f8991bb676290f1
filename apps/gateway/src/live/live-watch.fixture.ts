import {
  applyFrame,
  type LiveAnswers,
  type LiveFrame,
  type LiveQuestionName,
  type LiveState,
  type ResumePoint,
  type SubscribeMessage,
  type SubscribeReply,
} from '@analytics/dto';
import type { LiveClient } from '../gateway.fixture.js';

/** A subscription as an exemplary client keeps it: it applies frames, finds gaps, and can go on over another connection. */
export class LiveWatch<Q extends LiveQuestionName> {
  state: LiveState | undefined;
  /** Those that came after the reply of the present connection. */
  readonly frames: LiveFrame[] = [];
  /** Frames that did not follow the state. */
  gaps = 0;
  /** How subscriptions were answered: anew, or from where the client had stopped. */
  readonly replies: ('snapshot' | 'patch')[] = [];
  private client: LiveClient;
  private readonly onFrame = (frame: LiveFrame): void => {
    if (frame.id !== this.message.id) return;
    this.frames.push(frame);
    this.apply(frame);
  };

  private constructor(
    client: LiveClient,
    private readonly message: SubscribeMessage,
    private readonly onState: (state: LiveState) => void,
  ) {
    this.client = client;
  }

  /** @param onState told every state. Rejects when the subscription is refused. */
  static async open<Q extends LiveQuestionName>(
    client: LiveClient,
    question: Q,
    params: Record<string, unknown> = {},
    { id = 'a', onState = () => undefined }: { id?: string; onState?: (state: LiveState) => void } = {},
  ): Promise<LiveWatch<Q>> {
    const watch = new LiveWatch<Q>(client, { id, question, params }, onState);
    await watch.resume(client);
    return watch;
  }

  get answer(): LiveAnswers[Q] {
    return this.state?.answer as LiveAnswers[Q];
  }

  /** Goes on over this connection, from the state that it has. */
  async resume(client: LiveClient): Promise<void> {
    this.client.off('frame', this.onFrame);
    this.client = client;
    client.on('frame', this.onFrame);
    const { stream, number } = this.state ?? {};
    const resume: ResumePoint | undefined = stream === undefined || number === undefined ? undefined : { stream, number };
    const reply = await new Promise<SubscribeReply>((resolve) => {
      client.emit('subscribe', { ...this.message, ...(resume ? { resume } : {}) }, (reply) => {
        // Before anything else that the same packet of the line may bring.
        if (reply.ok) {
          this.replies.push('snapshot' in reply.frame ? 'snapshot' : 'patch');
          this.apply(reply.frame);
        }
        resolve(reply);
      });
    });
    if (!reply.ok) throw new Error(reply.problem.detail);
  }

  private apply(frame: LiveFrame): void {
    const next = applyFrame(this.state, frame);
    if (!next) this.gaps++;
    else if (next !== this.state) this.onState((this.state = next));
  }
}
