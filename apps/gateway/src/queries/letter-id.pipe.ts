import { Injectable, type PipeTransform } from '@nestjs/common';
import { refusal } from './refusal.js';

/** The id of a dead letter in a path. @throws {BadRequestException} saying what is allowed. */
@Injectable()
export class LetterIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    throw refusal({ field: 'id', value: text, message: 'id must be the id of a dead letter, a whole number from 1' });
  }
}
