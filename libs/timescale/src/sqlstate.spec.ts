import { DatabaseError } from 'pg';
import { failureKindOf, sqlStateOf } from './sqlstate.js';

const databaseError = (code: string): DatabaseError => Object.assign(new DatabaseError('refused', 7, 'error'), { code });

describe('failureKindOf', () => {
  it.each([
    ['08006', 'transient', 'the connection broke'],
    ['53100', 'transient', 'the disk is full'],
    ['55P03', 'transient', 'a lock could not be had in time'],
    ['57P01', 'transient', 'an operator ended the connection'],
    ['40001', 'transient', 'the transactions could not be ordered'],
    ['40P01', 'transient', 'a deadlock was found'],
    ['25P03', 'transient', 'the process was stopped in a transaction'],
    ['22P05', 'data', 'a character cannot be stored'],
    ['23514', 'data', 'a check is violated'],
    ['54000', 'data', 'a value is too long for an index'],
    ['42P01', 'setup', 'a table is missing'],
    ['42501', 'setup', 'a grant is missing'],
    ['28P01', 'setup', 'the password is wrong'],
  ])('takes %s as %s: %s', (code, kind) => {
    expect(failureKindOf(databaseError(code))).toBe(kind);
  });

  it('takes a broken socket as transient, though EPIPE looks like a SQLSTATE', () => {
    const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(sqlStateOf(error)).toBeUndefined();
    expect(failureKindOf(error)).toBe('transient');
  });
});
