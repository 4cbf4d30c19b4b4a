import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { proc } from '../watch/proc.ts'
import { onLinux, until } from '../watch/testing.ts'
import { beginning, endTree, freezeTree, treeOf } from './stop.ts'

describe.runIf(onLinux)('ending a tree', () => {
  it('gets those that detached and those that still fork, and nobody else', async () => {
    const bystander = spawn('sleep', ['60'])
    // A chain that goes on for itself, and children in sessions of their own.
    const child = spawn('sh', ['-c', 'sleep 60 & setsid sleep 60 & i=0; while [ $i -lt 500 ]; do sh -c "sleep 2" & i=$((i+1)); sleep 0.01; done; wait'], { stdio: 'ignore' })
    const pid = child.pid as number
    const rooted = { known: () => [pid], protect: new Set([process.pid]), since: beginning(process.pid) }
    await until('a grown tree', () => treeOf(rooted).length > 5)
    expect(freezeTree(rooted)).toBeGreaterThan(5)
    expect(proc.stat(pid)?.state).toBe('T')
    const members = treeOf(rooted)
    const { left, killed } = endTree(rooted)
    expect({ left, some: killed > 5 }).toEqual({ left: 0, some: true })
    await until('the end of all', () => members.every((member) => ['Z', 'X', undefined].includes(proc.stat(member)?.state)))
    expect(bystander.exitCode).toBeNull()
    bystander.kill()
  })

  it('ends what is known though its parent is gone, and not who has an old number', async () => {
    const child = spawn('sh', ['-c', 'setsid sh -c "sleep 60 & echo \\$!" '], { stdio: ['ignore', 'pipe', 'ignore'] })
    const orphan = await new Promise<number>((resolve) => child.stdout.once('data', (text: Buffer) => { resolve(Number(text.toString())) }))
    const since = beginning(process.pid)
    expect(treeOf({ known: () => [orphan], protect: new Set(), since: Number(proc.stat(orphan)?.started) + 1 })).toEqual([])
    expect(endTree({ known: () => [orphan], protect: new Set([process.pid]), since })).toMatchObject({ left: 0, killed: 1 })
  })

  it('never touches what is protected', () => {
    expect(treeOf({ known: () => [process.pid], protect: new Set([process.pid]), since: 0 })).not.toContain(process.pid)
  })
})
