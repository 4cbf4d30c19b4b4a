import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { drivers } from './drivers.ts'
import { checkMs, DRIVERS, file } from './plan.ts'
import type { Plan, Prepared, Setting } from './plan.ts'
import type { NodeTool } from './tools.ts'

/** npm blocks install scripts by default from this major on. */
const BLOCKS_SCRIPTS = 12

/** `npm install` in a project, with scripts; then every file loaded; then what it exports and its commands called. */
export function planNpm({ target: { ref, bytes }, named, manifest }: Prepared, { home, project, env, registries, phaseMs }: Setting, { node, npm, npmVersion, mounts }: NodeTool): Plan {
  const scripts = `${project}/${DRIVERS}`
  const archive = `${home}/Downloads/package.tgz`
  const prefix = dirname(dirname(node))
  const around = {
    ...env, PATH: `${project}/node_modules/.bin:${dirname(node)}:${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', npm_config_loglevel: 'error',
    ...(existsSync(`${prefix}/include/node/node.h`) ? { npm_config_nodedir: prefix } : {}),
    ...(registries.npm === null ? {} : { npm_config_registry: registries.npm }),
  }
  const allow = Number.parseInt(npmVersion, 10) >= BLOCKS_SCRIPTS ? ['--dangerously-allow-all-scripts'] : []
  // As the manifest calls it, where it is not installed by the registry's name.
  const name = named ? ref.name : manifest.name ?? ref.name
  const check = (driver: string) => ({ argv: [node, `${scripts}/${driver}`, name] as const, cwd: project, env: { ...around, CHECK_MS: checkMs(phaseMs) } })
  return {
    mounts,
    files: [...(named ? [] : [file(archive, bytes)]), ...drivers(scripts, ['turns.cjs', 'given.cjs', 'load.cjs', 'call.cjs'])],
    prepare: [],
    phases: {
      install: { argv: [node, npm, 'install', named ? `${ref.name}@${ref.version}` : archive, ...allow], cwd: project, env: around },
      import: check('load.cjs'),
      execute: check('call.cjs'),
    },
  }
}
