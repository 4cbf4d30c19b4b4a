/** Programs by what they are for. Names without folder and `.exe`, lower case. */
const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const FETCHERS = set('curl wget wget2 aria2c fetch lwp-request ftp tftp axel bitsadmin certutil')
export const SHELLS = set('sh bash dash zsh ash ksh fish csh tcsh cmd powershell pwsh')
export const INTERPRETERS = set('node nodejs deno bun python python2 python3 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 perl ruby php lua osascript java wscript cscript mshta')
const TALKERS = set('nc ncat netcat nc.openbsd nc.traditional socat telnet openssl ssh scp sftp rsync rclone nslookup dig host')
const POWERSHELL = set('powershell pwsh cmd wscript cscript mshta rundll32 regsvr32 osascript')

/** Tools that an installation does not need, and what for; null: it may. */
export function foreignTool(program: string): string | null {
  if (FETCHERS.has(program)) return 'a downloader'
  if (TALKERS.has(program)) return 'a tool that speaks to other machines'
  return POWERSHELL.has(program) ? 'a script host' : null
}

/** What code is given to an interpreter on its command line: the words after `-c` or `-e`. */
export function inlineCode(argv: readonly string[]): string | null {
  const at = argv.findIndex((word, index) => index > 0 && /^(?:-c|-lc|-e|-p|-pe|--eval|--print|-Command|-EncodedCommand|-enc)$/i.test(word))
  return at < 0 ? null : argv[at + 1] ?? null
}
