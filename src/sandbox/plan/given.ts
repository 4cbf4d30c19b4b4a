/** What drivers call functions of a package with (drivers/given.cjs, drivers/given.py): what is seen of these came from us. */
export const GIVEN = {
  text: 'hello world',
  host: 'www.shop.example',
  url: 'https://www.shop.example/products?page=1',
  /** Below the project: a function that empties a folder empties the one it was given. */
  file: 'data/products.json',
  folder: 'data',
} as const
