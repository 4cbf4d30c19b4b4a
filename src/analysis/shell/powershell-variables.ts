import { secretIn } from '../secrets.ts'
import { mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Call } from './call.ts'
import { member } from './powershell-members.ts'
import { thing } from './powershell-things.ts'
import type { Thing } from './powershell-things.ts'
import { unticked } from './powershell-tokens.ts'

/** What PowerShell sets itself. */
const AUTOMATIC = new Map([
  ['pshome', 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0'], ['profile', '$PROFILE'], ['home', '%USERPROFILE%'], ['shellid', 'Microsoft.PowerShell'], ['verbosepreference', 'SilentlyContinue'],
])
const ENVIRONMENT = new Map([['comspec', 'C:\\WINDOWS\\system32\\cmd.exe'], ['public', 'C:\\Users\\Public']])
const WHO = /^(?:username|computername|userdomain)$/
const MOST_FILLED = 65_536
const LONGEST = 1_048_576

/** What a variable holds, by its name in lower case (`env:temp` for the environment's). */
export function variable(call: Call, variables: ReadonlyMap<string, Thing>, name: string): Thing {
  const known = variables.get(name)
  if (known) return known
  return name.startsWith('env:') && name.length > 4 ? environment(call, name.slice(4)) : thing(AUTOMATIC.get(name))
}

function environment(call: Call, name: string): Thing {
  const value = call.variables.get(name.toUpperCase())
  if (value) return thing(value.text, value.taint)
  if (!WHO.test(name) && !secretIn(name)) return thing(ENVIRONMENT.get(name) ?? `%${name.toUpperCase()}%`)
  const on = { ...thing('[environment]'), type: 'environment' }
  return member({ call, on, name: 'getenvironmentvariable', args: [thing(name)], called: true, evaluate: () => thing(), replace: () => undefined })
}

/** A text in double quotes with what its variables hold and its `$(…)` give. */
export function filled(text: string, of: { variable(name: string): Thing; inner(text: string): Thing }): Thing {
  let held: Taint = UNTAINTED
  const full = text.replace(/(`[\s\S])|\$\(([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500}){0,5})\)|\$(?:\{([^}]{1,80})\}|((?:env:)?\w{1,80}))/gi, (whole, tick?: string, inner?: string, braced?: string, bare?: string) => {
    if (tick !== undefined) return whole
    const value = inner !== undefined ? of.inner(inner) : of.variable((braced ?? bare ?? '').toLowerCase())
    held = mixed(held, value.taint)
    return value.text.slice(0, MOST_FILLED)
  })
  return thing(unticked(full.slice(0, LONGEST)), held)
}
