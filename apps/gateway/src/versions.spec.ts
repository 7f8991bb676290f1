import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

const installed = (name: string): number[] => {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return version.split('.').map((part) => parseInt(part, 10));
};
const isAtLeast = (version: number[], least: number[]): boolean => {
  const differing = least.findIndex((part, index) => (version[index] ?? 0) !== part);
  return differing === -1 || (version[differing] ?? 0) > least[differing]!;
};

describe('the installed versions', () => {
  it.each([
    ['socket.io-parser', [4, 2, 6], 'a forged placeholder of an attachment ends the process'],
    ['@nestjs/core', [11, 1, 18], 'text of a client in a server-sent event'],
    ['@nestjs/microservices', [12, 0, 3], 'a message that nests without end'],
    ['ioredis', [6, 0, 0], 'a connection string that is read otherwise than it is written'],
  ])('have %s %j or newer', (name, least) => {
    expect(isAtLeast(installed(name), least)).toBe(true);
  });

  it('are compared part by part', () => {
    expect(isAtLeast([4, 2, 5], [4, 2, 6])).toBe(false);
    expect(isAtLeast([4, 3, 0], [4, 2, 6])).toBe(true);
    expect(isAtLeast([3, 9, 9], [4, 2, 6])).toBe(false);
  });
});
