import { Injectable, type PipeTransform } from '@nestjs/common';
import { refusal } from './refusal.js';

const LONGEST_ID = 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of an event in a path, in lower case. @throws {BadRequestException} saying what is allowed. */
@Injectable()
export class EventIdPipe implements PipeTransform<string, string> {
  transform(text: string): string {
    if (UUID.test(text)) return text.toLowerCase();
    throw refusal({ field: 'id', value: text, message: 'id must be the id of an event, a UUID such as 0190f3a2-0000-7000-8000-00000000abcd' });
  }
}

/** The id of a user in a path, of any characters. @throws {BadRequestException} for one that no event can have. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(text: string): string {
    if (text.length <= LONGEST_ID && !text.includes('\0')) return text;
    throw refusal({ field: 'id', value: text, message: `id must be the id of a user, at most ${LONGEST_ID} characters without NUL, percent-encoded` });
  }
}
