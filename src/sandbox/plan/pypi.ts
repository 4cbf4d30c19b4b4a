import { dirname } from 'node:path'
import { drivers } from './drivers.ts'
import { checkMs, DRIVERS, file } from './plan.ts'
import type { Plan, Prepared, Setting } from './plan.ts'
import type { PythonTool } from './tools.ts'

/** `pip install` into a virtual environment, building what has to be built; then every module; then functions and commands. */
export function planPypi({ target: { ref, bytes }, named, manifest }: Prepared, { home, project, env, registries, phaseMs }: Setting, { program, mounts }: PythonTool): Plan {
  const scripts = `${project}/${DRIVERS}`
  const python = `${project}/.venv/bin/python`
  const archive = `${home}/Downloads/${ref.file}`
  const around = {
    ...env, PATH: `${project}/.venv/bin:${dirname(program)}:${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`, VIRTUAL_ENV: `${project}/.venv`,
    PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_NO_CACHE_DIR: '1', PIP_PROGRESS_BAR: 'off',
    ...(registries.pypi === null ? {} : { PIP_INDEX_URL: registries.pypi }),
  }
  const name = named ? ref.name : manifest.name ?? ref.name
  const check = (driver: string) => ({ argv: [python, `${scripts}/${driver}`, name] as const, cwd: project, env: { ...around, PYTHONDONTWRITEBYTECODE: '1', CHECK_MS: checkMs(phaseMs) } })
  return {
    mounts,
    files: [...(named ? [] : [file(archive, bytes)]), ...drivers(scripts, ['turns.py', 'given.py', 'modules.py', 'load.py', 'call.py'])],
    // pip needs none of its own in there, and making it one takes seconds.
    prepare: [{ argv: [program, '-m', 'venv', '--without-pip', `${project}/.venv`], cwd: project, env: around }],
    phases: {
      install: { argv: [program, '-m', 'pip', '--python', python, 'install', named ? `${ref.name}==${ref.version}` : archive], cwd: project, env: around },
      import: check('load.py'),
      execute: check('call.py'),
    },
  }
}
