import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, a constant of Linux's interface to programs. */
const TICKS = 100;

export interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
  /** CPU seconds of the process, and of its children that have ended. */
  cpuSeconds: number;
  rssMiB: number;
}

function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold anything; what follows the last bracket is separated by blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    const [utime, stime, cutime, cstime] = fields.slice(11, 15) as [number, number, number, number];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    return { pid, parent: fields[1]!, command, cpuSeconds: (utime + stime + cutime + cstime) / TICKS, rssMiB: (fields[21]! * 4096) / 2 ** 20 };
  } catch {
    return undefined; // it has ended
  }
}

function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** The children of a process. Linux only. */
export const childrenOf = (pid: number): ProcessInfo[] => allProcesses().filter(({ parent }) => parent === pid);

/** CPU seconds of a process and of everything below it, ended or not. Linux only. */
export function cpuSecondsOf(pid: number): number {
  const all = allProcesses();
  const sum = (of: number): number =>
    all.filter(({ parent }) => parent === of).reduce((total, child) => total + sum(child.pid), all.find((each) => each.pid === of)?.cpuSeconds ?? 0);
  return sum(pid);
}

/**
 * CPU seconds of one process, to the nanosecond, where /proc/<pid>/stat counts in hundredths: for short windows of processes with little
 * to do. Of the threads that still run, so use it where none ends. Linux only.
 */
export function exactCpuSecondsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e9, 0);
}

/** Resident memory of one process, MiB; NaN when it has ended. */
export const rssMiBOf = (pid: number): number => readProcess(pid)?.rssMiB ?? NaN;
