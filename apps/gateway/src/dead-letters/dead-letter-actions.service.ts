import type { DeadLetterActionDto } from '@analytics/dto';
import { Inject, Injectable, Logger, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { z } from 'zod';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** A replay is one transaction of a few milliseconds; it waits for a lock of a batch at most. */
const TIMEOUT_MS = 10_000;

const answerSchema = z.object({
  result: z.enum(['replayed', 'discarded', 'already', 'invalid', 'missing']),
  reason: z.string().optional(),
});

/** Passes on to the stream-consumer what a person decides about a dead letter: only the consumer may write events. */
@Injectable()
export class DeadLetterActions {
  private readonly logger = new Logger('dead-letters');

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /**
   * Doing the same again is safe: the letter's state decides.
   * @throws {NotFoundException} when there is no such letter.
   * @throws {ServiceUnavailableException} when the consumer cannot do it now; whether it did is then told by the letter's state.
   */
  async perform(id: number, action: 'replay' | 'discard'): Promise<DeadLetterActionDto> {
    const url = new URL(`/dead-letters/${id}/${action}`, this.config.CONSUMER_URL);
    const { result, reason } = await this.post(url);
    if (result === 'missing') throw new NotFoundException([`dead letter ${id} does not exist`]);
    return { id, result, reason };
  }

  private async post(url: URL): Promise<z.infer<typeof answerSchema>> {
    try {
      const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`it answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
      return answerSchema.parse(await response.json());
    } catch (error) {
      this.logger.warn(`POST ${url.href} failed: ${reasonOf(error)}`);
      throw new ServiceUnavailableException([
        'the stream-consumer does not answer at the moment; check that it is running at CONSUMER_URL, and try again: nothing is done twice',
      ]);
    }
  }
}

/** fetch says "fetch failed"; why is in its cause. */
const reasonOf = (error: unknown): string => (error instanceof Error && error.cause !== undefined ? String(error.cause) : String(error));
