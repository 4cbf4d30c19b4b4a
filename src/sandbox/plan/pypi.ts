import { dirname } from 'node:path'
import { drivers } from './drivers.ts'
import { checkMs, DRIVERS, file } from './plan.ts'
import type { Plan, Prepared, Setting } from './plan.ts'
import type { PythonTool } from './tools.ts'

/** `pip install` into a virtual environment, building what has to be built; then every module; then functions and commands. */
export function planPypi({ target: { ref, bytes }, named, manifest }: Prepared, { home, project, env, registries, phaseMs }: Setting, { program, mounts, facts }: PythonTool): Plan {
  const scripts = `${project}/${DRIVERS}`
  const python = `${project}/.venv/bin/python`
  const pip = `${project}/.venv/bin/pip`
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
    files: [...(named ? [] : [file(archive, bytes)]), file(pip, `#!${python}\nimport re\nimport sys\nfrom pip._internal.cli.main import main\nif __name__ == '__main__':\n    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(main())\n`, 0o755), ...drivers(scripts, ['turns.py', 'given.py', 'modules.py', 'load.py', 'call.py'])],
    prepare: [
      { argv: [program, '-m', 'venv', '--without-pip', `${project}/.venv`], cwd: project, env: around },
      // As ensurepip would, which takes seconds; with its times, so that what is compiled of it stays good.
      { argv: ['/bin/cp', '-a', facts.pip ?? '', `${project}/.venv/${facts.site}/`], cwd: project, env: around },
    ],
    phases: {
      install: { argv: [pip, 'install', named ? `${ref.name}==${ref.version}` : archive], cwd: project, env: around },
      import: check('load.py'),
      execute: check('call.py'),
    },
  }
}
