import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OURS = /^sluice-box-(\d{1,10})-[A-Za-z0-9]{6}$/

/**
 * A folder for one run, readable for everybody: the sinkhole reads the mirror in it, and is nobody of this machine. What processes
 * left behind that were ended by force is removed on the way.
 */
export async function scratchFolder(temporary = tmpdir()): Promise<string> {
  for (const name of await readdir(temporary).catch(() => [])) {
    const pid = OURS.exec(name)?.[1]
    if (pid !== undefined && existsSync('/proc/self') && !existsSync(`/proc/${pid}`)) await rm(join(temporary, name), { recursive: true, force: true }).catch(() => undefined)
  }
  const folder = await mkdtemp(join(temporary, `sluice-box-${process.pid}-`))
  await chmod(folder, 0o755)
  return folder
}
