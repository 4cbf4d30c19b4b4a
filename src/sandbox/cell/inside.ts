/** Where hooks write, one file or many; emptied into `CellRun.hooks` after each command. */
export const HOOKS = '/run/user/1000'
