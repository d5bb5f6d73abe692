/** The end of what a process says. */

/** Resolves when all that was written to the standard streams has left the process: a pipe takes only so much at a time. */
export async function allSaid(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise<void>((done) => stream.write('', () => done()))));
}
