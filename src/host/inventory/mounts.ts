import { readFileSync } from 'node:fs'

export interface Mounts {
  /** Where another file system begins, with its kind. */
  at(path: string): string | null
  /** Whether a file system of this kind is over a network, or none that keeps files. */
  foreign(kind: string): boolean
}

const NETWORK = /^(?:nfs4?|cifs|smb(?:3|fs)?|9p|afs|ceph|gfs2?|glusterfs|lustre|ncpfs|ocfs2|beegfs|davfs|sshfs|virtiofs|fuse\..*|fuse)$/
const PSEUDO = /^(?:proc|sysfs|devtmpfs|devpts|cgroup2?|securityfs|debugfs|tracefs|pstore|bpf|mqueue|hugetlbfs|configfs|fusectl|binfmt_misc|autofs|rpc_pipefs|nsfs|efivarfs|selinuxfs)$/

/** Of Linux, as proc(5) has it; where there is no such file, nothing is known, and the walk compares devices instead. */
export function readMounts(file = '/proc/self/mountinfo'): Mounts | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null
  }
  const kinds = new Map<string, string>()
  for (const line of text.split('\n').slice(0, 100_000)) {
    const [before, after] = line.split(' - ', 2)
    const path = before?.split(' ')[4]
    const kind = after?.split(' ', 1)[0]
    if (path !== undefined && kind !== undefined) kinds.set(path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))), kind)
  }
  return { at: (path) => kinds.get(path) ?? null, foreign: (kind) => NETWORK.test(kind) || PSEUDO.test(kind) }
}
