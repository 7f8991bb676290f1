import { answered, api } from './gateway-client.js';
import { answerRest } from './rest.fixture.js';
import { sharedAddress, sharedToken } from './shared-link.js';

describe('a shared link', () => {
  let shown: (string | null)[];

  beforeEach(() => {
    shown = [];
    answerRest(async (_method, _path, { authorization }) => {
      shown.push(authorization);
      return { status: 200, body: [] };
    });
  });
  afterEach(() => {
    sessionStorage.clear();
    window.history.replaceState(null, '', '/');
  });

  const open = (address: string) => window.history.replaceState(null, '', address);
  const ask = () => answered(api.GET('/api/v1/projects'));

  it('leaves the address at the first look, and is kept by this tab alone', () => {
    open('/shared#vk_secret');
    expect(sharedToken()).toBe('vk_secret');
    expect(window.location.href).toBe(`${window.location.origin}/shared`);
    expect([sharedToken(), localStorage.length, document.cookie]).toEqual(['vk_secret', 0, '']);
  });

  it('is shown to the gateway instead of the session, once it was opened', async () => {
    await ask();
    open('/shared#vk_secret');
    await ask();
    open('/');
    await ask();
    expect(shown).toEqual([null, 'Bearer vk_secret', 'Bearer vk_secret']);
  });

  it('replaces the one before, and a fragment of another page is none', () => {
    open(sharedAddress('vk_one').replace(window.location.origin, ''));
    sharedToken();
    open('/live#vk_other');
    expect([sharedToken(), window.location.hash]).toEqual(['vk_one', '#vk_other']);
    open('/shared#vk_two');
    expect(sharedToken()).toBe('vk_two');
  });
});
