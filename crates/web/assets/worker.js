// The worker that all windows share. A window sends { after } to follow and {} to stop.

const stream = new Stream(new URL("../../live", self.location));

self.onconnect = ({ ports: [port] }) => {
  const reader = (what) => port.postMessage(what);
  port.onmessage = ({ data }) => {
    if ("after" in data) stream.add(reader, data.after);
    else stream.remove(reader);
  };
};
