/** Where hooks write, one file or many; emptied into `CellRun.hooks` after each command. */
export const HOOKS = '/run/user/1000'

/** The one that is there from the beginning, and a mount of its own: it can be neither removed nor replaced. */
export const TOLD = `${HOOKS}/session.log`
