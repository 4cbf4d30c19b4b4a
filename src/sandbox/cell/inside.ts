/** Folders of the box that can be written to: the home of its user, `/tmp`, `/var/tmp`, `/dev/shm`, and this one. */
export const WORK = '/srv'

/** Where hooks write, one file or many; emptied into `CellRun.hooks` after each command. */
export const HOOKS = '/run/user/1000'
