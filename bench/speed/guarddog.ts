import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EcosystemId } from '../../src/core/types.ts'
import { machinePath } from '../../test/harness/machine.ts'

export interface GuardDog {
  version: string
  /** Milliseconds of one `guarddog … scan FILE`, from start to end of the process. */
  command(ecosystem: EcosystemId, file: string): number
  /** Of the same with `--help`. */
  help(args: readonly string[]): number
  /**
   * Milliseconds of each file in one process that has loaded everything and compiled its rules before; null where it
   * refuses the archive (it does with links that leave their folder).
   */
  warm(ecosystem: EcosystemId, files: readonly string[]): (number | null)[]
}

/**
 * GuardDog in a virtual environment of its own below `folder`, installed through pip on first use. Its lists of popular
 * packages are marked as fresh, so that it neither waits for nor asks anybody: only its rules on the code are compared.
 */
export function guardDog(folder: string): GuardDog {
  const venv = join(folder, 'venv')
  const bin = (name: string): string => join(venv, 'bin', name)
  if (!existsSync(bin('guarddog'))) {
    mkdirSync(folder, { recursive: true })
    execFileSync('python3', ['-m', 'venv', '--clear', venv], { stdio: ['ignore', 2, 2] })
    execFileSync(bin('python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'guarddog'], { stdio: ['ignore', 2, 2] })
  }
  const lists = join(folder, 'lists')
  freshLists(execFileSync(bin('python'), ['-c', LISTS], { encoding: 'utf8' }).trim(), lists)
  const env = { PATH: machinePath(), HOME: folder, GUARDDOG_TOP_PACKAGES_CACHE_LOCATION: lists }
  const run = (command: string, args: readonly string[], input = ''): { ms: number; stdout: string } => {
    const started = performance.now()
    const { status, stdout, stderr, error } = spawnSync(command, args, { env, input, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    const ms = performance.now() - started
    if (error) throw error
    if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-1_000)}`)
    return { ms, stdout }
  }
  return {
    version: run(bin('python'), ['-c', 'import importlib.metadata as m; print(m.version("guarddog"))']).stdout.trim(),
    command: (ecosystem, file) => run(bin('python'), [bin('guarddog'), ecosystem, 'scan', file, '--output-format', 'json']).ms,
    help: (args) => run(bin('python'), [bin('guarddog'), ...args, '--help']).ms,
    warm: (ecosystem, files) => JSON.parse(run(bin('python'), ['-c', WARM, ecosystem], files.join('\n')).stdout) as (number | null)[],
  }
}

/** Found without loading it: that would already ask for newer lists. */
const LISTS = 'import importlib.util as i, os; print(os.path.join(os.path.dirname(i.find_spec("guarddog").origin), "analyzer/metadata/resources"))'

function freshLists(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(from).filter((name) => name.endsWith('.json'))) {
    const list = JSON.parse(readFileSync(join(from, file), 'utf8')) as object
    writeFileSync(join(to, file), JSON.stringify({ ...list, downloaded_timestamp: Math.floor(Date.now() / 1000) }))
  }
}

/** What its `scan` does with a file, without starting Python each time. The first file is looked at once before, to warm up. */
const WARM = `
import json, sys, tempfile, time
from guarddog.ecosystems import ECOSYSTEM
from guarddog.scanners import get_package_scanner
from guarddog.utils.archives import safe_extract
scanner = get_package_scanner(ECOSYSTEM[sys.argv[1].upper()])
def look(path):
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as folder:
            safe_extract(path, folder)
            scanner.scan_local(folder, None)
    except Exception as refused:
        print(path, refused, file=sys.stderr)
        return None
    return (time.perf_counter() - started) * 1000
files = sys.stdin.read().split("\\n")
look(files[0])
out = [look(path) for path in files]
sys.stdout.write(json.dumps(out))
`
