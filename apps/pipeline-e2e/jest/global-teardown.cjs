module.exports = async () => {
  await globalThis.__PIPELINE__?.stop();
};
