/** Processor time of this process, threads included: a machine that is busy with something else does not count. */
export function processMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
