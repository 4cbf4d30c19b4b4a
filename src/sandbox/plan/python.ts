import { execFile } from 'node:child_process'
import { z } from 'zod'
import { SluiceError } from '../../core/errors.ts'

/** What an interpreter takes: the tags of its wheels, best first, and the variables that markers ask for (PEP 425, PEP 508). */
export interface PythonFacts {
  tags: readonly string[]
  markers: Readonly<Record<string, string>>
  /** Folders that belong to it besides its program. */
  prefix: string
  /** The folder of its pip; null: it has none. */
  pip: string | null
  /** Below a virtual environment, where packages are (`lib/python3.11/site-packages`). */
  site: string
  /** Whether it can make virtual environments. */
  venv: boolean
}

/** pip carries the reference implementation of both along. */
const ASK = `
import json, os, sys, sysconfig, importlib.util
try:
    from pip._vendor.packaging import markers, tags
except ImportError:
    from packaging import markers, tags
pip = importlib.util.find_spec("pip")
print(json.dumps({"pip": os.path.dirname(pip.origin) if pip and pip.origin else None, "site": sysconfig.get_path("purelib", "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix", {"base": "", "platbase": ""}).strip("/"), "tags": [str(t) for t in tags.sys_tags()], "markers": dict(markers.default_environment()), "prefix": sys.base_prefix, "venv": importlib.util.find_spec("venv") is not None}))`

const answer = z.object({ tags: z.array(z.string()).min(1).max(10_000), markers: z.record(z.string(), z.string()), prefix: z.string(), pip: z.string().nullable(), site: z.string().regex(/^[\w./-]+$/), venv: z.boolean() })

/** Asks an interpreter of this machine, without anything of a user's. Throws `sandbox-unavailable`. */
export function askPython(program: string): Promise<PythonFacts> {
  return new Promise((resolve, reject) => {
    execFile(program, ['-I', '-c', ASK], { env: { PATH: '/usr/bin:/bin' }, cwd: '/', timeout: 20_000, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 * 1024 }, (error, stdout) => {
      const read = error ? null : answer.safeParse(jsonOf(stdout))
      if (read?.success) resolve(read.data)
      else reject(new SluiceError('sandbox-unavailable', `${program} does not say what it can install`, { hint: 'it needs pip: install python3-pip', cause: error }))
    })
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
