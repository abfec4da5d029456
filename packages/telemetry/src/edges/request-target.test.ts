import { describe, expect, it } from 'vitest';
import { addressOf, createServerReader, pathOf, serverOf } from './request-target.ts';

describe('the path of a request', () => {
  it.each([
    ['/rooms/7', '/rooms/7'],
    ['/rooms?start=2027-02-04', '/rooms'],
    ['/rooms#top', '/rooms'],
    ['/rooms#top?start=1', '/rooms'],
    ['/rooms?a=1#top', '/rooms'],
    ['/', '/'],
    ['//double/slash', '//double/slash'],
    ['/a@b:c', '/a@b:c'],
    ['http://hotel/rooms/7', '/rooms/7'],
    ['http://user:hush@hotel:8080/rooms?x=1', '/rooms'],
    ['http://user:hush@hotel', '/'],
    ['http://user:hush@hotel?x=1', '/'],
    ['http://user:hush@hotel#top', '/'],
    ['HTTPS://user:hush@[::1]:8080/rooms', '/rooms'],
    ['ws+unix://user:hush@hotel/rooms', '/rooms'],
    ['user:hush@hotel/rooms', '/rooms'],
    ['http:/user:hush@hotel/rooms', '/rooms'],
    ['http:\\\\user:hush@hotel/rooms', '/rooms'],
    ['http:\\\\user:hush@hotel\\rooms', '/'],
    ['user:hush@hotel:443', '/'],
    ['*', '*'],
    ['', '/'],
    ['?user=hush', '/'],
    ['#hush', '/'],
  ])('%j is %j', (url, expected) => {
    expect(pathOf({ url })).toBe(expected);
  });
});

describe('the server of a request', () => {
  it.each<[string, object]>([
    ['hotel.example', { address: 'hotel.example' }],
    ['hotel.example:8443', { address: 'hotel.example', port: 8443 }],
    ['hotel_example-1:1', { address: 'hotel_example-1', port: 1 }],
    ['127.0.0.1:65535', { address: '127.0.0.1', port: 65_535 }],
    ['[::1]:8080', { address: '::1', port: 8080 }],
    ['[2001:db8::7]', { address: '2001:db8::7' }],
    ['[::ffff:10.0.0.1]:80', { address: '::ffff:10.0.0.1', port: 80 }],
    ['hotel:99999', { address: 'hotel' }],
    ['hotel:65536', { address: 'hotel' }],
    ['hotel:0', { address: 'hotel' }],
    ['hotel:', { address: 'hotel' }],
    ['hotel:123456', {}],
    ['hotel:-1', {}],
    ['user:hush@hotel', {}],
    ['user:hush@hotel:80', {}],
    ['user@hotel', {}],
    ['a:b:c', {}],
    ['::1', {}],
    ['[::1', {}],
    ['[hotel]:80', {}],
    ['[1:2]:80', {}],
    ['[fe80::1%25eth0]', {}],
    ['hotel/path', {}],
    ['hotel?hush', {}],
    ['hotel, other', {}],
    ['höhle', {}],
    ['.', {}],
    ['-', {}],
    ['hotel..example', {}],
    ['.example', {}],
    ['256.1.1.1', {}],
    ['1.2.3', {}],
    ['80', {}],
    ['hotel.example.:443', { address: 'hotel.example.', port: 443 }],
    ['<script>', {}],
    ['', {}],
    ['a'.repeat(256), {}],
    [`${'a'.repeat(255)}`, { address: 'a'.repeat(255) }],
  ])('with the host %j is %j', (host, expected) => {
    expect(serverOf({ url: '/', headers: { host } })).toEqual(expected);
  });

  it.each<[string, object]>([
    ['http://hotel:8080/rooms', { address: 'hotel', port: 8080 }],
    ['http://user:hush@hotel/rooms', { address: 'hotel' }],
    ['http://user@hush@[::1]:80?x', { address: '::1', port: 80 }],
    ['http://hotel:99999', { address: 'hotel' }],
    ['http:///rooms', {}],
    ['http:/user:hush@hotel:80/rooms', { address: 'hotel', port: 80 }],
    ['http://hotel:80\\@other/rooms', { address: 'hotel', port: 80 }],
  ])('with the target %j is %j, regardless of the Host header', (url, expected) => {
    expect(serverOf({ url, headers: { host: 'other' } })).toEqual(expected);
  });

  it('is unknown without a host', () => {
    expect(serverOf({ url: '/', headers: {} })).toEqual({});
  });
});

it('the address of a called URL has no brackets', () => {
  const called = ['http://[::1]:8080/x', 'http://hotel/x'];
  expect(called.map((url) => addressOf(new URL(url)))).toEqual(['::1', 'hotel']);
});

it('reads the server of each request to a listener, whatever the one before named', () => {
  const read = createServerReader();
  const requests = [
    { url: '/', headers: { host: 'dispo:8080' } },
    { url: '/rooms', headers: { host: 'dispo:8080' } },
    { url: '/', headers: { host: 'hotel.example' } },
    { url: 'http://proxied:81/', headers: { host: 'hotel.example' } },
    { url: '/', headers: {} },
    { url: '/', headers: { host: 'dispo:8080' } },
  ];
  expect(requests.map(read)).toEqual(requests.map(serverOf));
});
