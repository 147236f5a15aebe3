package io.github.errgroup.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Holds PIT's report against {@code docs/reference/mutants.md}: every mutant that survives stands there with a reason, and every
 * line named there stands in the source still. Prints how many were noticed, by class.
 *
 * <p>An entry whose mutant was noticed this time is told and is no error: some are noticed now and then only, by the
 * luck of threads.
 */
public final class SurvivorsCheck {
    /** What PIT calls a mutant that the tests did not notice: they ran it, or none of them reached it. */
    private static final Set<String> UNNOTICED = Set.of("SURVIVED", "NO_COVERAGE");

    private final Path sources;

    private final Map<String, List<String>> lines = new TreeMap<>();

    /** By class: mutants, and those of them that were noticed. */
    private final Map<String, int[]> counts = new TreeMap<>();

    private final Set<Mutant> survivors = new HashSet<>();

    private SurvivorsCheck(Path sources) {
        this.sources = sources;
    }

    /**
     * Fails unless report and page agree.
     *
     * @param args PIT's {@code mutations.xml}, the page, the folder of the mutated package's sources
     */
    public static void main(String[] args) throws Exception {
        SurvivorsCheck check = new SurvivorsCheck(Path.of(args[2]));
        check.readReport(Path.of(args[0]));
        check.printCounts();
        check.compareWith(KnownSurvivors.read(Path.of(args[1])));
    }

    private void readReport(Path report) throws Exception {
        NodeList mutations = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("mutation");
        for (int i = 0; i < mutations.getLength(); i++) {
            Element mutation = (Element) mutations.item(i);
            boolean noticed = !UNNOTICED.contains(mutation.getAttribute("status"));
            Mutant mutant = Mutant.of(mutation, source(Mutant.text(mutation, "sourceFile")));
            int[] count = counts.computeIfAbsent(mutant.topLevelType(), type -> new int[2]);
            count[0]++;
            if (noticed) {
                count[1]++;
            } else {
                survivors.add(mutant);
            }
        }
    }

    private List<String> source(String file) throws IOException {
        List<String> known = lines.get(file);
        if (known == null) {
            known = Files.readAllLines(sources.resolve(file));
            lines.put(file, known);
        }
        return known;
    }

    private void printCounts() {
        int all = 0;
        int noticed = 0;
        for (Map.Entry<String, int[]> type : counts.entrySet()) {
            print(type.getKey(), type.getValue()[1], type.getValue()[0]);
            all += type.getValue()[0];
            noticed += type.getValue()[1];
        }
        print("all", noticed, all);
    }

    private static void print(String type, int noticed, int all) {
        System.out.printf("%-20s %4d of %4d noticed, %3d %%%n", type, noticed, all, 100 * noticed / all);
    }

    private void compareWith(KnownSurvivors known) throws IOException {
        List<String> errors = new ArrayList<>();
        for (Mutant mutant : survivors) {
            if (!known.explains(mutant)) {
                errors.add("survives without a reason: " + System.lineSeparator() + KnownSurvivors.entryFor(mutant));
            }
        }
        for (Mutant mutant : known.all()) {
            if (source(mutant.topLevelType() + ".java").stream()
                    .noneMatch(line -> line.trim().equals(mutant.line()))) {
                errors.add("stands on the page and no longer in the source: " + mutant);
            } else if (counts.containsKey(mutant.topLevelType()) && !survivors.contains(mutant)) {
                System.out.println("noticed this time: " + mutant);
            }
        }
        if (!errors.isEmpty()) {
            errors.sort(null);
            throw new IllegalStateException(errors.size() + " errors in the list of surviving mutants:"
                    + System.lineSeparator() + String.join(System.lineSeparator(), errors));
        }
    }
}
