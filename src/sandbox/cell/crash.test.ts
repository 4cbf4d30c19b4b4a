import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cellsWork, cgroupsOf, livingIn } from './testing.ts'

/** Opens a cell, leaves processes running in it, and says who and where they are. */
const GATE = `
import { openTestCell, sh, namespaceOf } from ${JSON.stringify(join(import.meta.dirname, 'testing.ts'))}
const cell = await openTestCell()
const run = await sh(cell, 'ls -l /proc/self/fd')
console.log(JSON.stringify({ namespace: namespaceOf(run), out: run.out }))
void sh(cell, '(setsid sh -c "trap \\'\\' TERM HUP; while :; do :; done" &) ; sleep 1000', { timeMs: 600_000 })
setInterval(() => {}, 1000)
`

/** Fails by the test's own time limit. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 25))
}

describe.skipIf(!(await cellsWork()))('a gate that is ended by force', () => {
  const start = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'))
    writeFileSync(join(folder, 'gate.ts'), GATE)
    // With descriptors that its parent forgot to close.
    const script = `exec 9>"${folder}/forgotten" 8<"${folder}/gate.ts"; exec "$0" "${folder}/gate.ts"`
    const gate = spawn('sh', ['-c', script, process.execPath], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => gate.on('exit', resolve))
    onTestFinished(async () => {
      gate.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    })
    const said = await new Promise<string>((resolve, reject) => {
      let text = ''
      gate.stdout.on('data', (chunk: Buffer) => {
        text += chunk
        if (text.includes('\n')) resolve(text)
      })
      gate.on('exit', () => reject(new Error(`the gate ended: ${text}`)))
    })
    const { namespace, out } = JSON.parse(said) as { namespace: string; out: string }
    await until(() => livingIn(namespace).some((pid) => readText(`/proc/${pid}/cmdline`).startsWith('sleep\0')))
    return { gate, pid: gate.pid as number, ended, namespace, out }
  }

  const readText = (path: string): string => {
    try {
      return readFileSync(path, 'latin1')
    } catch {
      return ''
    }
  }

  it('leaves no process, no cgroup, no folder; and its own descriptors never got into the box', async () => {
    const folders = readdirSync('/mnt')
    const { gate, pid, ended, namespace, out } = await start()
    expect(livingIn(namespace).length).toBeGreaterThan(4)
    expect(out).not.toMatch(/forgotten|gate\.ts/)
    expect(out.match(/ -> /g)).toHaveLength(4)
    gate.kill('SIGKILL')
    await ended
    await until(() => livingIn(namespace).length === 0 && cgroupsOf(pid).length === 0)
    expect(livingIn(namespace)).toEqual([])
    expect(cgroupsOf(pid)).toEqual([])
    expect(readdirSync('/mnt')).toEqual(folders)
  })

  it('takes the cell along even when whoever cleans up was ended first', async () => {
    const { gate, pid, ended, namespace } = await start()
    const keeper = readdirSync('/proc').find((one) => /^\d+$/.test(one) && readText(`/proc/${one}/cmdline`).includes('sluice-cell') && readText(`/proc/${one}/stat`).includes(` ${pid} `))
    expect(keeper).toBeDefined()
    process.kill(Number(keeper), 'SIGKILL')
    gate.kill('SIGKILL')
    await ended
    await until(() => livingIn(namespace).length === 0)
    expect(livingIn(namespace)).toEqual([])
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    // Cgroups that nobody could remove are removed by the next cell.
    const { openTestCell } = await import('./testing.ts')
    await (await openTestCell()).close()
    expect(cgroupsOf(pid)).toEqual([])
  })

  it('a warden that is ended takes everything along, and the command that ran says so', async () => {
    const { openTestCell, sh } = await import('./testing.ts')
    const cell = await openTestCell()
    const { wire } = await sh(cell, 'true')
    const warden = Number(/^\/proc\/(\d+)\//.exec(wire)?.[1])
    const namespace = readlinkSync(`/proc/${warden}/ns/ipc`)
    const running = sh(cell, 'sleep 1000')
    await until(() => livingIn(namespace).some((pid) => readText(`/proc/${pid}/cmdline`).startsWith('sleep\0')))
    process.kill(warden, 'SIGKILL')
    await expect(running).rejects.toMatchObject({ code: 'sandbox-unavailable', message: expect.stringContaining('ended by itself') })
    await cell.close()
    expect(livingIn(namespace)).toEqual([])
    expect(cgroupsOf(process.pid)).toEqual([])
  })
})
