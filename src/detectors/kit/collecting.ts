import type { Action } from '../../analysis/facts.ts'

/** What tells whose machine this is, by the call or command that reads it. */
const TELLING: readonly (readonly [fact: string, pattern: RegExp])[] = [
  ['host name', /hostname|getfqdn|(?:^|\.)node$|uname|computername|systeminfo|^host$/i],
  ['user', /user|whoami|getlogin|pwd\.|\blogname\b|^id\b|git (?:config|log)|finger/i],
  ['address', /network|if_?addr|gethostbyname|ifconfig|ipconfig|getmac|get_mac|macaddress|getnode|public-ip|netifaces|net_if|getServers|geocoder|\bip\b|arp\b|\broute\b/i],
  ['folder', /cwd|homedir|expanduser|\bls\b|\bdir\b/i],
]

/** The different facts of a machine and its user that an action carries. */
export function factsCarried(action: Action): string[] {
  const reads = action.path.filter(({ kind }) => kind === 'collect').map(({ call, argument }) => `${call} ${argument ?? ''}`.trim())
  return TELLING.filter(([, pattern]) => reads.some((read) => pattern.test(read) || read.split(' ').some((word) => pattern.test(word)))).map(([fact]) => fact)
}
