import { debianMirrorIn, findDebianMirror } from './debian-mirror.js';

const DEB822 = `Types: deb
URIs: https://packages.example.org/cloud
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/cloud.gpg

Types: deb
# a snapshot was here once
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: http://mirror.example.org/pub/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

describe('the Debian mirror in apt sources', () => {
  it('is found in deb822 form, past third parties and the security archive', () => {
    expect(debianMirrorIn(DEB822, 'deb822')).toBe('http://mirror.example.org/pub/debian');
  });

  it('is not taken from a stanza that is switched off', () => {
    expect(debianMirrorIn(DEB822.replaceAll('Types:', 'Enabled: no\nTypes:'), 'deb822')).toBeUndefined();
  });

  it('is found in one-line form, with or without options', () => {
    const thirdParty = 'deb [signed-by=/usr/share/keyrings/x.gpg] https://packages.example.org/apt bookworm main\n';
    expect(
      debianMirrorIn(
        `${thirdParty}# deb http://old.example.org/debian stretch main\ndeb http://mirror.example.org/debian/ bookworm main\n`,
        'one-line',
      ),
    ).toBe('http://mirror.example.org/debian/');
    expect(
      debianMirrorIn(
        'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example.org/d trixie main\n',
        'one-line',
      ),
    ).toBe('http://mirror.example.org/d');
    expect(debianMirrorIn(thirdParty, 'one-line')).toBeUndefined();
  });

  it('is not an Ubuntu archive', () => {
    expect(debianMirrorIn('deb http://archive.example.org/ubuntu noble main universe\n', 'one-line')).toBeUndefined();
  });

  it('can be named by DEBIAN_MIRROR', () => {
    expect(findDebianMirror({ DEBIAN_MIRROR: 'http://mine.example.org/debian' })).toBe('http://mine.example.org/debian');
  });

  it('is undefined on a machine without apt', () => {
    expect(findDebianMirror({}, '/nonexistent')).toBeUndefined();
  });
});
