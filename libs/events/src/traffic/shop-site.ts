import { WeightedChoice } from './random.js';

/** The origin of the made-up shop; `.example` is reserved by RFC 2606, so it can never be a real site. */
export const SHOP_ORIGIN = 'https://shop.example';

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  path: string;
  medianMs: number;
  /** Share of calls that the client got wrong, and the status it then gets. */
  refused: readonly [share: number, status: number];
}

export interface Button {
  id: string;
  text: string;
  endpoint?: Endpoint;
  /** The page it leads to. */
  opens?: string;
}

export interface Page {
  index: number;
  url: string;
  next: WeightedChoice<string>;
  /** Buttons that stay in the browser, and buttons behind which an endpoint is called. */
  plainButtons: readonly Button[];
  callingButtons: readonly Button[];
  /** Called to fill the page. */
  loads: Endpoint;
}

const endpoint = (method: Endpoint['method'], path: string, medianMs: number, refused: Endpoint['refused'] = [0.005, 400]): Endpoint => ({
  method,
  path,
  medianMs,
  refused,
});

const API = {
  session: endpoint('GET', '/api/session', 140, [0.01, 401]),
  products: endpoint('GET', '/api/products', 190),
  product: endpoint('GET', '/api/products/detail', 170, [0.02, 404]),
  recommendations: endpoint('GET', '/api/recommendations', 420),
  search: endpoint('GET', '/api/search', 380),
  addToCart: endpoint('POST', '/api/cart/items', 210, [0.02, 409]),
  changeCart: endpoint('PUT', '/api/cart/items', 200),
  removeFromCart: endpoint('DELETE', '/api/cart/items', 180, [0.01, 404]),
  cart: endpoint('GET', '/api/cart', 160),
  coupon: endpoint('POST', '/api/cart/coupon', 240, [0.3, 422]),
  shipping: endpoint('GET', '/api/checkout/shipping', 520),
  pay: endpoint('POST', '/api/checkout/payment', 640, [0.06, 402]),
  login: endpoint('POST', '/api/login', 300, [0.12, 401]),
  signup: endpoint('POST', '/api/signup', 360, [0.08, 422]),
  profile: endpoint('PATCH', '/api/account', 220, [0.03, 422]),
  orders: endpoint('GET', '/api/orders', 340),
  wishlist: endpoint('POST', '/api/wishlist', 170),
  newsletter: endpoint('POST', '/api/newsletter', 260, [0.05, 422]),
  ticket: endpoint('POST', '/api/support/tickets', 310, [0.03, 422]),
  articles: endpoint('GET', '/api/articles', 150),
};

const button = (id: string, text: string, calls?: Endpoint, opens?: string): Button => ({ id, text, endpoint: calls, opens });

const EVERYWHERE: readonly Button[] = [
  button('nav-menu', 'Menu'),
  button('nav-cart', 'Cart', undefined, '/cart'),
  button('nav-search', 'Search', API.search, '/search'),
  button('footer-newsletter', 'Subscribe', API.newsletter),
];

const PRODUCT_BUTTONS = [
  button('product-gallery-next', 'Next picture'),
  button('product-add-to-cart', 'Add to cart', API.addToCart, '/cart'),
  button('product-wishlist', 'Save for later', API.wishlist),
];
const PRODUCT_LINKS = { '/cart': 3, '/products': 3, '/products/aurora-lamp': 2, '/products/linen-chair': 2, '/products/oak-desk': 1 };
const LIST_BUTTONS = [button('list-filter', 'Filter'), button('list-sort', 'Sort by price', API.products)];

type PageRow = readonly [path: string, loads: Endpoint, links: Record<string, number>, buttons: readonly Button[]];

const category = (path: string, links: Record<string, number>): PageRow => [
  path,
  API.products,
  { ...links, '/products': 2, '/': 1 },
  LIST_BUTTONS,
];
const product = (name: string): PageRow => [`/products/${name}`, API.product, PRODUCT_LINKS, PRODUCT_BUTTONS];
const article = (name: string): PageRow => [
  `/blog/${name}`,
  API.articles,
  { '/blog': 4, '/products': 2, '/': 1 },
  [button('article-share', 'Share'), button('article-save', 'Save for later', API.wishlist)],
];

const ROWS: readonly PageRow[] = [
  [
    '/',
    API.recommendations,
    {
      '/products': 6,
      '/products/category/lighting': 3,
      '/products/category/chairs': 3,
      '/pricing': 1,
      '/blog': 1,
      '/login': 2,
      '/about': 1,
    },
    [button('hero-shop-now', 'Shop now', undefined, '/products'), button('home-quick-add', 'Add to cart', API.addToCart, '/cart')],
  ],
  [
    '/products',
    API.products,
    {
      '/products/category/lighting': 3,
      '/products/category/chairs': 3,
      '/products/category/desks': 2,
      '/products/category/outlet': 2,
      '/search': 2,
    },
    LIST_BUTTONS,
  ],
  category('/products/category/lighting', { '/products/aurora-lamp': 5, '/products/paper-lantern': 3, '/products/wall-spot': 2 }),
  category('/products/category/chairs', { '/products/linen-chair': 5, '/products/bar-stool': 3 }),
  category('/products/category/desks', { '/products/oak-desk': 4, '/products/standing-desk': 5 }),
  category('/products/category/outlet', { '/products/wall-spot': 4, '/products/bar-stool': 3 }),
  product('aurora-lamp'),
  product('paper-lantern'),
  product('wall-spot'),
  product('linen-chair'),
  product('bar-stool'),
  product('oak-desk'),
  product('standing-desk'),
  [
    '/search',
    API.search,
    { '/products/aurora-lamp': 3, '/products/oak-desk': 3, '/products/standing-desk': 3, '/search': 2 },
    LIST_BUTTONS,
  ],
  [
    '/cart',
    API.cart,
    { '/checkout': 5, '/products': 3, '/products/aurora-lamp': 1 },
    [
      button('cart-checkout', 'Checkout', undefined, '/checkout'),
      button('cart-change-quantity', 'Change quantity', API.changeCart),
      button('cart-remove', 'Remove', API.removeFromCart),
      button('cart-apply-coupon', 'Apply coupon', API.coupon),
    ],
  ],
  [
    '/checkout',
    API.shipping,
    { '/checkout/payment': 6, '/cart': 2 },
    [button('checkout-continue', 'Continue', API.shipping, '/checkout/payment')],
  ],
  [
    '/checkout/payment',
    API.session,
    { '/checkout/thanks': 5, '/checkout': 1 },
    [button('payment-pay', 'Pay now', API.pay, '/checkout/thanks')],
  ],
  ['/checkout/thanks', API.orders, { '/account/orders': 2, '/': 3 }, [button('thanks-print', 'Print receipt')]],
  ['/login', API.session, { '/account': 4, '/signup': 2, '/': 2 }, [button('login-submit', 'Log in', API.login, '/account')]],
  [
    '/signup',
    API.session,
    { '/account': 3, '/login': 1, '/pricing': 1 },
    [button('signup-submit', 'Create account', API.signup, '/account')],
  ],
  ['/account', API.session, { '/account/orders': 4, '/products': 3, '/': 1 }, [button('account-save', 'Save changes', API.profile)]],
  [
    '/account/orders',
    API.orders,
    { '/account': 2, '/support': 1, '/products': 3 },
    [button('orders-reorder', 'Order again', API.addToCart, '/cart')],
  ],
  [
    '/pricing',
    API.products,
    { '/signup': 3, '/support': 1, '/': 2 },
    [button('pricing-start-trial', 'Start free trial', undefined, '/signup')],
  ],
  ['/about', API.session, { '/': 3, '/blog': 1, '/products': 2 }, [button('about-play-video', 'Play video')]],
  [
    '/support',
    API.session,
    { '/account/orders': 1, '/': 2 },
    [button('support-chat', 'Open chat'), button('support-send', 'Send', API.ticket)],
  ],
  [
    '/blog',
    API.articles,
    { '/blog/light-and-sleep': 4, '/blog/small-rooms': 3, '/products': 1 },
    [button('blog-load-more', 'Load more', API.articles)],
  ],
  article('light-and-sleep'),
  article('small-rooms'),
];

/** The shop's pages by path. Every page has a button that calls an endpoint and one that does not. */
export const PAGES: ReadonlyMap<string, Page> = new Map(
  ROWS.map(([path, loads, links, own], index) => {
    const buttons = [...own, ...EVERYWHERE];
    const page: Page = {
      index,
      url: SHOP_ORIGIN + path,
      next: new WeightedChoice(Object.entries(links)),
      plainButtons: buttons.filter((each) => !each.endpoint),
      callingButtons: buttons.filter((each) => each.endpoint),
      loads,
    };
    return [path, page];
  }),
);

/** Where sessions come from; `undefined` is a visit without a referrer. */
export const REFERRERS = new WeightedChoice<string | undefined>([
  [undefined, 34],
  ['https://www.google.com/', 34],
  ['https://www.bing.com/', 6],
  ['https://duckduckgo.com/', 5],
  ['https://www.facebook.com/', 6],
  ['https://www.instagram.com/', 5],
  ['https://www.reddit.com/r/homedecor/', 4],
  ['https://t.co/', 3],
  ['https://news.example/spring-lamps', 3],
]);

export const LANDING_PAGES = new WeightedChoice<string>([
  ['/', 45],
  ['/products', 10],
  ['/products/category/lighting', 8],
  ['/products/aurora-lamp', 10],
  ['/products/standing-desk', 6],
  ['/blog/light-and-sleep', 7],
  ['/blog/small-rooms', 4],
  ['/pricing', 4],
  ['/login', 6],
]);
