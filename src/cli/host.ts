import type { AddCommand } from './opened.ts'
import { hostInventory } from './host-inventory.ts'
import { hostWatch } from './host-watch.ts'

/** This machine: what is installed on it. */
export const host: AddCommand = (program, surroundings, done) => {
  const group = program.command('host').description('this machine: what is installed on it, whether it came through the gate, and what is known against it')
  hostInventory(group, surroundings, done)
  hostWatch(group, surroundings, done)
}
