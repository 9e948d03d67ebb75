/** These packages bring no types; what is used of each is described where it is used. */
declare module "@cornerstonejs/codec-charls/decodewasmjs";
declare module "@cornerstonejs/codec-openjpeg/decodewasmjs";
declare module "@cornerstonejs/codec-openjph/wasmjs";
