/** Processor time of this process so far, in milliseconds: what a limit is held against that a busy machine must not stretch. */
export function spent(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
