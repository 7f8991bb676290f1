import type { RedisStreamsServer } from '@analytics/redis-streams';
import { Logger } from '@nestjs/common';

/** Says aloud what must not happen while Redis keeps what it acknowledged: entries that are gone, and a stream that went back. */
export function raiseLossAlarms(server: RedisStreamsServer): void {
  const logger = new Logger('loss');
  const remedy = 'Redis lost what it had acknowledged: look at its appendfsync, its disk, failovers, and who else has access';
  server.on('gap', ({ partition, producer, id, missing }) =>
    logger.error(`partition ${partition}: ${missing} entries${producer && ` of producer ${producer}`} are missing at ${id}. ${remedy}`),
  );
  server.on('rewound', ({ partition, committedId, streamId }) =>
    logger.error(`partition ${partition}: the stream was rewound to ${streamId}, behind the stored ${committedId}; new events go on after that. ${remedy}`),
  );
}
