import { posix } from 'node:path'
import { HOME, ROOT } from '../desk.ts'
import { remembered } from '../flow/table.ts'
import type { Tongue, Unit } from '../flow/tongue.ts'
import { NOTHING, known, outside } from '../flow/value.ts'
import type { Value } from '../flow/value.ts'
import { secretIn } from '../secrets.ts'
import { SOURCES } from '../taint.ts'
import { lowerGo } from './lower.ts'
import { locate, together } from './packages.ts'
import { ruleOf } from './rules.ts'

/** What the flow engine must know of Go: the standard library and the usual HTTP, process and cipher packages. */
export const go: Tongue = {
  id: 'go',
  knows: () => true,
  lower: lowerGo,
  rule: remembered(ruleOf),
  special,
  locate,
  exported: (_unit, top) => ({ ...NOTHING, fields: top }),
  together,
  entry: (kind) => (kind === 'command' ? ['main'] : kind === 'test' ? ['TestMain'] : []),
}

const TEMPORARY = '/tmp'

const PLACES: ReadonlyMap<string, string> = new Map([
  ['os.UserHomeDir', HOME], ['os.UserConfigDir', `${HOME}/.config`], ['os.UserCacheDir', `${HOME}/.cache`], ['os.TempDir', TEMPORARY],
  ['os/user.Current().HomeDir', HOME], ['github.com/mitchellh/go-homedir.Dir()', HOME],
])
/** Variables that name places. */
const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['HOME', HOME], ['USERPROFILE', HOME], ['HOMEPATH', HOME], ['APPDATA', `${HOME}/AppData/Roaming`], ['LOCALAPPDATA', `${HOME}/AppData/Local`],
  ['TEMP', TEMPORARY], ['TMP', TEMPORARY], ['TMPDIR', TEMPORARY],
])
const WORTHLESS: ReadonlySet<string> = new Set(['nil', 'true', 'false', 'iota', '_'])
const ENVIRONMENT = 'os.Environ.'
const LONGEST = 200

function special(ref: string, unit: Unit): Value | null {
  if (WORTHLESS.has(ref)) return NOTHING
  const place = PLACES.get(ref)
  if (place !== undefined) return known(place)
  if (ref === 'runtime.Caller().1') return known(`${ROOT}/${posix.normalize(unit.source.path)}`)
  if (!ref.startsWith(ENVIRONMENT)) return null
  const variable = ref.slice(ENVIRONMENT.length)
  const named = VARIABLES.get(variable)
  return named === undefined ? outside(ref.slice(0, LONGEST), secretIn(variable) ? SOURCES.secret : 0) : known(named)
}
