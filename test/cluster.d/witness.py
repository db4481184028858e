#!/usr/bin/python3
# The service of the cluster tests. It proves on the shared disk that it runs only once: each instance writes a line every
# 20 ms, so lines of two that run at once alternate. A request that was answered is on the disk.
import http.server, os, socketserver, threading, time, uuid

instance = uuid.uuid4().hex[:8]
data = os.environ.get("WITNESS_DATA", "/srv")
beats = open(f"{data}/beats", "a")
answers = open(f"{data}/answers", "a")
lock = threading.Lock()


def beat():
    while True:
        beats.write(f"{instance}\n")
        beats.flush()
        time.sleep(0.02)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        number = self.path[1:]
        if number.isdigit():
            with lock:
                answers.write(f"{number}\n")
                answers.flush()
                os.fsync(answers.fileno())
        # An empty root has no mark.
        marked = os.path.exists("/var/lib/mark")
        body = f"{instance} {'marked' if marked else 'EMPTY'}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(("", 80), Handler)
threading.Thread(target=beat, daemon=True).start()
server.serve_forever()
