/** What drivers call functions of a package with (drivers/given.cjs, drivers/given.py): what is seen of these came from us. */
export const GIVEN = {
  text: 'hello world',
  host: 'www.shop.example',
  url: 'https://www.shop.example/products?page=1',
  /** Below the project. */
  file: 'data/products.json',
} as const
