import { readdirSync } from 'node:fs'
import { proc } from '../watch/proc.ts'

const ROUNDS = 200

export interface Rooted {
  /** Numbers of the kernel's that are known to belong to it, however they got away from their parents. */
  known(): Iterable<number>
  /** Never touched themselves, whatever descends from them. */
  protect: ReadonlySet<number>
  /** In the kernel's ticks: what began before is somebody else who has the number now. */
  since: number
}

/** When this process began, by the clock of `Rooted.since`. */
export const beginning = (pid: number): number => Number(proc.stat(pid)?.started ?? 0)

/**
 * Ends whole trees, however fast they grow: everything is stopped first, so that nothing forks any more, then killed. What is
 * known to belong to them (`known`) counts as well as what descends from it now; never us, nor what we descend from.
 */
export function endTree(tree: Rooted): { killed: number; left: number } {
  const killed = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    freezeTree(tree)
    const all = treeOf(tree)
    if (all.length === 0) break
    for (const pid of all) if (signal(pid, 'SIGKILL')) killed.add(pid)
  }
  return { killed: killed.size, left: treeOf(tree).length }
}

/** Stops the tree where it is: when all of it stands still, nobody can fork any more. It can go on or be ended later. */
export function freezeTree(tree: Rooted): number {
  for (let round = 0; ; round++) {
    const all = treeOf(tree)
    const moving = all.filter((pid) => !/^[Tt]$/.test(proc.stat(pid)?.state ?? 'T'))
    if (moving.length === 0 || round >= ROUNDS) return all.length
    for (const pid of moving) signal(pid, 'SIGSTOP')
  }
}

/** Those of the known that live, and whatever descends from them. Zombies are over. */
export function treeOf({ known, protect, since }: Rooted): number[] {
  const children = new Map<number, number[]>()
  const live = new Set<number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const pid = Number(entry)
    const stat = proc.stat(pid)
    if (stat === null || stat.state === 'Z' || stat.state === 'X' || Number(stat.started) < since) continue
    live.add(pid)
    const siblings = children.get(stat.parent)
    if (siblings) siblings.push(pid)
    else children.set(stat.parent, [pid])
  }
  const found = new Set<number>()
  const seen = new Set<number>()
  const visit = (pid: number): void => {
    if (seen.has(pid)) return
    seen.add(pid)
    if (live.has(pid) && !protect.has(pid)) found.add(pid)
    for (const child of children.get(pid) ?? []) visit(child)
  }
  for (const pid of known()) visit(pid)
  return [...found]
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}
