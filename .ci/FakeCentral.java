import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Takes what the publishing plugin uploads, and unpacks it into a folder: {@code java .ci/FakeCentral.java FOLDER PORT-FILE}. It
 * listens on this machine alone, finds every upload valid, and a second one a fault.
 */
final class FakeCentral {
    private final Path folder;
    private int uploads;

    private FakeCentral(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        FakeCentral central = new FakeCentral(Path.of(args[0]));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", central::answer);
        server.start();
        Path port = Path.of(args[1]);
        Files.writeString(port.resolveSibling("port.new"), String.valueOf(server.getAddress().getPort()));
        Files.move(port.resolveSibling("port.new"), port);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + ", " + body.length + " bytes");
        int status = 200;
        String answer = "";
        if (path.endsWith("/publisher/upload")) {
            uploads++;
            status = uploads == 1 ? 201 : 500;
            unpack(body);
            answer = "an-upload";
        } else if (path.endsWith("/publisher/status")) {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            answer = "{\"deploymentId\":\"an-upload\",\"deploymentName\":\"errgroup\",\"deploymentState\":\"VALIDATED\","
                    + "\"purls\":[],\"errors\":{}}";
        } else {
            status = 404;
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The bundle is the one part of the form that begins as a ZIP does. */
    private void unpack(byte[] form) throws IOException {
        int start = 0;
        while (form[start] != 'P' || form[start + 1] != 'K' || form[start + 2] != 3 || form[start + 3] != 4) {
            start++;
        }
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(form, start, form.length - start))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName()).normalize();
                if (!entry.isDirectory() && file.startsWith(folder)) {
                    Files.createDirectories(file.getParent());
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
    }
}
