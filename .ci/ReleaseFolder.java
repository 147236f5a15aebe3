import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Looks at a release in a folder as Maven Central would, and at what we promise beyond that. The key that signed it is in
 * {@code GNUPGHOME}.
 *
 * <pre>
 * java .ci/ReleaseFolder.java check FOLDER MODULE...   every fault, one a line; red if there is one
 * java .ci/ReleaseFolder.java prove FOLDER MODULE...   plants one fault after the other in a copy: red if one is not found
 * java .ci/ReleaseFolder.java compare FOLDER OTHER     the files of two builds, byte for byte, but for signatures and checksums
 * </pre>
 */
final class ReleaseFolder {
    private static final Set<String> ASKED_OF_A_POM =
            Set.of("name", "description", "url", "licenses", "developers", "scm");

    private static final Set<String> OF_THE_BUILD_ALONE =
            Set.of("parent", "build", "properties", "profiles", "modules", "dependencyManagement", "repositories",
                    "distributionManagement");

    private static final Map<String, String> MODULE_NAMES = Map.of(
            "errgroup-core", "io.github.errgroup",
            "errgroup-spring-boot-starter", "io.github.errgroup.spring");

    private final Path folder;
    private final Path terms;
    private final List<String> faults = new ArrayList<>();

    private ReleaseFolder(Path folder, Path terms) {
        this.folder = folder;
        this.terms = terms;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        Path terms = Path.of("").toAbsolutePath();
        List<String> rest = List.of(args).subList(2, args.length);
        List<String> faults =
                switch (args[0]) {
                    case "check" -> new ReleaseFolder(folder, terms).faultsOf(rest);
                    case "prove" -> notFound(folder, terms, rest);
                    case "compare" -> differences(folder, Path.of(rest.get(0)));
                    default -> throw new IllegalArgumentException(args[0]);
                };
        faults.forEach(System.err::println);
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    private List<String> faultsOf(List<String> modules) throws Exception {
        Set<String> found = new TreeSet<>();
        for (Path pom : files(folder)) {
            if (pom.toString().endsWith(".pom")) {
                found.add(pom.getParent().getParent().getFileName().toString());
                lookAt(pom);
            }
        }
        if (!found.equals(new TreeSet<>(modules))) {
            faults.add("released are " + found + ", and should be " + modules);
        }
        for (Path file : files(folder)) {
            if (!file.toString().matches(".*(\\.asc|\\.md5|\\.sha\\d+)$")
                    && !file.getFileName().toString().startsWith("maven-metadata")) {
                checksumsAndSignature(file);
            }
        }
        return faults;
    }

    private void lookAt(Path pom) throws Exception {
        Path directory = pom.getParent();
        String version = directory.getFileName().toString();
        String module = directory.getParent().getFileName().toString();
        String stem = module + "-" + version;
        if (version.endsWith("-SNAPSHOT")) {
            faults.add(pom + ": a snapshot is no release");
        }
        fields(pom);

        manifest(directory.resolve(stem + ".jar"), module, version);
        for (String jar : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            terms(directory.resolve(stem + jar));
        }
        holds(directory.resolve(stem + "-sources.jar"), ".java");
        holds(directory.resolve(stem + "-javadoc.jar"), "index.html");

        Path bill = directory.resolve(stem + "-cyclonedx.json");
        if (!Files.exists(bill)) {
            faults.add(bill + ": missing");
        } else if (!Files.readString(bill).contains("pkg:maven/io.github.errgroup/" + module + "@" + version)) {
            faults.add(bill + ": is not the bill of materials of " + module + " " + version);
        }
    }

    private void fields(Path pom) throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getDocumentElement();
        Map<String, Element> fields = new TreeMap<>();
        children(project).forEach(field -> fields.put(field.getTagName(), field));
        for (String name : ASKED_OF_A_POM) {
            if (!fields.containsKey(name) || fields.get(name).getTextContent().isBlank()) {
                faults.add(pom + ": no <" + name + ">");
            }
        }
        for (String name : OF_THE_BUILD_ALONE) {
            if (fields.containsKey(name)) {
                faults.add(pom + ": has a <" + name + ">, which no user needs");
            }
        }
        if (fields.containsKey("scm")) {
            Set<String> scm = children(fields.get("scm")).map(Element::getTagName).collect(Collectors.toSet());
            for (String name : List.of("connection", "developerConnection", "url")) {
                if (!scm.contains(name)) {
                    faults.add(pom + ": no <" + name + "> of the <scm>");
                }
            }
        }
        String text = Files.readString(pom);
        if (text.contains("SNAPSHOT") || text.contains("${") || text.contains("<scope>test</scope>")) {
            faults.add(pom + ": names a snapshot, an unknown variable or what only tests need");
        }
        if (fields.containsKey("dependencies")) {
            children(fields.get("dependencies")).forEach(dependency -> asGradleReadsIt(pom, dependency));
        }
        boolean core = pom.getFileName().toString().startsWith("errgroup-core");
        if (core && fields.containsKey("description")
                && !fields.get("description").getTextContent().matches("(?s).*JSpecify.* optional.*")) {
            faults.add(pom + ": does not say why JSpecify is there");
        }
        if (core && fields.containsKey("dependencies")) {
            children(fields.get("dependencies"))
                    .map(dependency -> dependency.getElementsByTagName("artifactId").item(0).getTextContent())
                    .filter(artifact -> !artifact.equals("jspecify"))
                    .forEach(artifact -> faults.add(pom + ": the core depends on " + artifact));
        }
    }

    /** Gradle takes compile, runtime and optional dependencies from a POM, and knows no other scopes, types or files. */
    private void asGradleReadsIt(Path pom, Element dependency) {
        Map<String, String> parts = new TreeMap<>();
        children(dependency).forEach(part -> parts.put(part.getTagName(), part.getTextContent().strip()));
        String name = parts.get("artifactId");
        if (!Set.of("compile", "runtime").contains(parts.getOrDefault("scope", "compile"))) {
            faults.add(pom + ": scope " + parts.get("scope") + " of " + name + " is Maven's alone");
        }
        if (!parts.getOrDefault("type", "jar").equals("jar") || parts.containsKey("systemPath")) {
            faults.add(pom + ": " + name + " is no jar in a repository");
        }
        if (!parts.getOrDefault("version", "").matches("[0-9][\\w.-]*")) {
            faults.add(pom + ": " + name + " has no plain version");
        }
    }

    private void manifest(Path jar, String module, String version) throws IOException {
        if (!Files.exists(jar)) {
            faults.add(jar + ": missing");
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile());
                InputStream in = zip.getInputStream(zip.getEntry("META-INF/MANIFEST.MF"))) {
            var entries = new Manifest(in).getMainAttributes();
            if (!version.equals(entries.getValue("Implementation-Version"))) {
                faults.add(jar + ": Implementation-Version is " + entries.getValue("Implementation-Version"));
            }
            if (zip.getEntry("module-info.class") == null
                    && !MODULE_NAMES.get(module).equals(entries.getValue("Automatic-Module-Name"))) {
                faults.add(jar + ": neither a module nor an Automatic-Module-Name");
            }
        }
    }

    private void terms(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            faults.add(jar + ": missing");
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (String name : List.of("LICENSE", "NOTICE")) {
                ZipEntry entry = zip.getEntry("META-INF/" + name);
                if (entry == null) {
                    faults.add(jar + ": no META-INF/" + name);
                    continue;
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    if (!java.util.Arrays.equals(in.readAllBytes(), Files.readAllBytes(terms.resolve(name)))) {
                        faults.add(jar + ": META-INF/" + name + " is not ours");
                    }
                }
            }
        }
    }

    private void holds(Path jar, String ending) throws IOException {
        if (Files.exists(jar)) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                if (zip.stream().noneMatch(entry -> entry.getName().endsWith(ending))) {
                    faults.add(jar + ": no *" + ending);
                }
            }
        }
    }

    private void checksumsAndSignature(Path file) throws Exception {
        for (var algorithm : Map.of(".md5", "MD5", ".sha1", "SHA-1").entrySet()) {
            Path checksum = beside(file, algorithm.getKey());
            byte[] digest = MessageDigest.getInstance(algorithm.getValue()).digest(Files.readAllBytes(file));
            if (!Files.exists(checksum)) {
                faults.add(checksum + ": missing");
            } else if (!Files.readString(checksum).startsWith(HexFormat.of().formatHex(digest))) {
                faults.add(checksum + ": is another file's");
            }
        }
        Path signature = beside(file, ".asc");
        if (!Files.exists(signature)) {
            faults.add(signature + ": missing");
        } else if (new ProcessBuilder("gpg", "--batch", "--verify", signature.toString(), file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                != 0) {
            faults.add(signature + ": does not sign its file");
        }
    }

    private static List<String> differences(Path one, Path other) throws IOException {
        Map<String, Path> left = compared(one);
        Map<String, Path> right = compared(other);
        Set<String> names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            if (!left.containsKey(name) || !right.containsKey(name)) {
                differences.add(name + ": in one build alone");
            } else if (Files.mismatch(left.get(name), right.get(name)) >= 0) {
                differences.add(name + ": differs" + (name.endsWith(".jar") ? entries(left.get(name), right.get(name)) : ""));
            }
        }
        if (names.isEmpty()) {
            differences.add(one + ": nothing to compare");
        }
        return differences;
    }

    /** What is not signed anew each time, does not carry the time of its deployment, and does not follow from another file. */
    private static Map<String, Path> compared(Path folder) throws IOException {
        Map<String, Path> compared = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString();
            if (!name.matches(".*(maven-metadata|\\.asc|\\.md5$|\\.sha\\d+$).*")) {
                compared.put(name, file);
            }
        }
        return compared;
    }

    private static String entries(Path one, Path other) throws IOException {
        try (ZipFile left = new ZipFile(one.toFile());
                ZipFile right = new ZipFile(other.toFile())) {
            return left.stream()
                    .filter(entry -> right.getEntry(entry.getName()) == null
                            || right.getEntry(entry.getName()).getCrc() != entry.getCrc())
                    .map(ZipEntry::getName)
                    .limit(5)
                    .collect(Collectors.joining(", ", " in ", ""));
        }
    }

    /** A fault to plant, and what is to be said of it. */
    private record Fault(String name, String said, Planted planted) {}

    private interface Planted {
        void in(Path file) throws IOException;
    }

    private static List<String> notFound(Path folder, Path terms, List<String> modules) throws Exception {
        List<Fault> planted = new ArrayList<>(List.of(
                new Fault(".jar.asc", ".jar.asc: missing", Files::delete),
                new Fault(".pom.asc", ".pom.asc: missing", Files::delete),
                new Fault(".jar.asc", "does not sign", file -> copy(sibling(file, ".pom.asc"), file)),
                new Fault(".jar", "does not sign", ReleaseFolder::longer),
                new Fault(".jar", "is another file's", ReleaseFolder::longer),
                new Fault(".pom.sha1", ".pom.sha1: missing", Files::delete),
                new Fault(".jar.md5", ".jar.md5: missing", Files::delete),
                new Fault("-sources.jar", "-sources.jar: missing", Files::delete),
                new Fault("-javadoc.jar", "-javadoc.jar: missing", Files::delete),
                new Fault("-cyclonedx.json", "-cyclonedx.json: missing", Files::delete),
                new Fault("-cyclonedx.json", "not the bill", file -> copy(sibling(file, ".pom"), file)),
                new Fault(".jar", "no META-INF/LICENSE", file -> without(file, "META-INF/LICENSE")),
                new Fault(".jar", "no META-INF/NOTICE", file -> without(file, "META-INF/NOTICE")),
                new Fault("-sources.jar", "no META-INF/LICENSE", file -> without(file, "META-INF/LICENSE")),
                new Fault("-javadoc.jar", "no META-INF/NOTICE", file -> without(file, "META-INF/NOTICE")),
                new Fault("-javadoc.jar", "no *index.html", file -> without(file, "index.html")),
                new Fault(".jar", "Implementation-Version", file -> copy(sibling(file, "-sources.jar"), file)),
                new Fault("core.jar", "neither a module", file -> without(file, "module-info.class")),
                new Fault(".pom", "has a <build>", pom -> edit(pom, text -> text.replace("</project>", "<build/></project>"))),
                new Fault(".pom", "names a snapshot", pom -> edit(pom, text -> text.replace("</version>", "-SNAPSHOT</version>"))),
                new Fault("core.pom", "why JSpecify", pom -> edit(pom, text -> text.replace("optional", "needed"))),
                new Fault("core.pom", "depends on spring", pom -> edit(pom, text -> text.replace(
                        "</dependencies>", "<dependency><artifactId>spring-core</artifactId></dependency></dependencies>"))),
                new Fault("core.pom", "is Maven's alone", pom -> edit(pom, text -> text.replace(
                        "</dependency>", "<scope>provided</scope></dependency>").replaceFirst("<scope>compile</scope>", ""))),
                new Fault("core.pom", "no jar in a repository", pom -> edit(pom, text -> text.replace(
                        "</dependency>", "<type>pom</type></dependency>"))),
                new Fault("core.pom", "no plain version", pom -> edit(pom, text -> text.replaceFirst(
                        "(<artifactId>jspecify</artifactId>\\s*<version>)", "$1["))),
                new Fault(".pom", "no <connection>", pom -> edit(pom, text -> text.replaceAll("<connection>.*</connection>", "")))));
        for (String field : ASKED_OF_A_POM) {
            planted.add(new Fault(".pom", "no <" + field + ">", pom -> edit(pom, text -> text.replaceAll(
                    "(?s)\\n  <" + field + "[ >].*?\\n?  </" + field + ">|\\n  <" + field + ">.*?</" + field + ">", ""))));
        }

        List<String> notFound = new ArrayList<>();
        for (Fault fault : planted) {
            Path copy = Files.createTempDirectory("fault");
            try {
                for (Path file : files(folder)) {
                    Path target = copy.resolve(folder.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
                boolean ofTheCore = fault.name().startsWith("core");
                String ending = ofTheCore ? fault.name().substring("core".length()) : fault.name();
                Path victim = files(copy).stream()
                        .filter(file -> file.getFileName().toString().startsWith("errgroup-core"))
                        .filter(file -> file.getFileName().toString().matches(".*\\d[^-]*(-dry-run)?" + ending.replace(".", "\\.")))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no file " + fault.name()));
                fault.planted().in(victim);
                List<String> said = new ReleaseFolder(copy, terms).faultsOf(modules);
                if (said.stream().noneMatch(line -> line.contains(fault.said()))) {
                    notFound.add("planted and not found: " + fault.said() + " in " + victim.getFileName() + "; found: " + said);
                }
            } finally {
                for (Path file : files(copy)) {
                    Files.delete(file);
                }
            }
        }
        List<String> twice = new ReleaseFolder(folder, terms).faultsOf(List.of("errgroup-core"));
        if (twice.isEmpty()) {
            notFound.add("planted and not found: a module that is not to be released");
        }
        System.out.println(planted.size() + 1 + " faults planted, " + notFound.size() + " not found");
        return notFound;
    }

    private static void longer(Path file) throws IOException {
        Files.write(file, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void edit(Path file, UnaryOperator<String> change) throws IOException {
        Files.writeString(file, change.apply(Files.readString(file)));
    }

    private static void without(Path jar, String name) throws IOException {
        Path less = beside(jar, ".less");
        try (ZipFile zip = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(less);
                ZipOutputStream out = new ZipOutputStream(file, StandardCharsets.UTF_8)) {
            for (ZipEntry entry : zip.stream().toList()) {
                boolean kept = name.contains("/") ? !entry.getName().equals(name) : !entry.getName().endsWith(name);
                if (kept) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    zip.getInputStream(entry).transferTo(out);
                    out.closeEntry();
                }
            }
        }
        Files.move(less, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file of the same module with another ending. */
    private static Path sibling(Path file, String ending) {
        Path directory = file.getParent();
        return directory.resolve(directory.getParent().getFileName() + "-" + directory.getFileName() + ending);
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Stream<Element> children(Node node) {
        return Stream.iterate(node.getFirstChild(), child -> child != null, Node::getNextSibling)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }
}
