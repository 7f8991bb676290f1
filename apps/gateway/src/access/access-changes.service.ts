import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Tells inside this process that a session or key may have ended, so that connections which were opened with it can end at once. */
@Injectable()
export class AccessChanges {
  readonly ended = new Subject<void>();
}
