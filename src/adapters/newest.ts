/** The version of the tables that this program knows: how many migrations there are. Apart from them, because they take long to load. */
export const NEWEST = 9
