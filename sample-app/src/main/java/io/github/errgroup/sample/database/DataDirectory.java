package io.github.errgroup.sample.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * The directory of the embedded database, for one application at a time. A database file can contain code that H2 runs when
 * it opens the file. So only the user who runs this application may be able to put a file there: the directory and its files
 * must belong to this user, and the directory must be closed to all others. Where the file system has no POSIX permissions
 * (Windows), this is not checked.
 */
final class DataDirectory implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;

    /** Whether it was made for this run, and is deleted after it. */
    private final boolean temporary;

    private final FileChannel lock;

    private DataDirectory(Path path, boolean temporary, FileChannel lock) {
        this.path = path;
        this.temporary = temporary;
        this.lock = lock;
    }

    /**
     * Takes a directory, and makes it if it does not exist.
     *
     * @param configured which; null for a new one below the system's temporary directory, which {@link #close} deletes
     * @throws UnusableDirectoryException if others own it or can enter it, or another application uses it
     */
    static DataDirectory take(@Nullable Path configured) {
        try {
            if (configured == null) {
                // Nobody can guess its name, and only its owner can enter it.
                Path made = Files.createTempDirectory("errgroup-sample-");
                return new DataDirectory(made, true, lock(made));
            }
            Path path = makeIfAbsent(configured.toAbsolutePath()).toRealPath();
            checkOursAlone(path);
            return new DataDirectory(path, false, lock(path));
        } catch (IOException e) {
            throw new UnusableDirectoryException(
                    configured, "must be a directory that can be made, read and written: " + e, e);
        }
    }

    private static Path makeIfAbsent(Path path) throws IOException {
        if (Files.exists(path)) {
            return path;
        }
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return knowsPermissions(parent == null ? path : parent)
                ? Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createDirectory(path);
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another application in this JVM has it.
        }
        channel.close();
        throw new UnusableDirectoryException(directory, "must be used by no other running application", null);
    }

    private static void checkOursAlone(Path directory) throws IOException {
        if (!knowsPermissions(directory)) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (!OWNER_ONLY.containsAll(permissions)) {
            throw new UnusableDirectoryException(
                    directory,
                    "must be closed to everybody but its owner (rwx------, as chmod 700 makes it), and has "
                            + PosixFilePermissions.toString(permissions),
                    null);
        }
        UserPrincipal us = ourselves(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path path : Stream.concat(Stream.of(directory), files).toList()) {
                UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
                if (!owner.equals(us)) {
                    throw new UnusableDirectoryException(
                            directory,
                            "must belong, with all that is in it, to '" + us.getName() + "', who runs this; '" + path
                                    + "' belongs to '" + owner.getName() + "'",
                            null);
                }
            }
        }
    }

    /** Who we are: the owner of a file that we make. */
    private static UserPrincipal ourselves(Path directory) throws IOException {
        Path probe = Files.createTempFile(directory, "owner", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    private static boolean knowsPermissions(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView(PosixFileAttributeView.class);
    }

    /** A JDBC URL of a database in it. */
    String url(String database) {
        // async: since cancelling a group may interrupt, and an interrupt during the I/O of a plain file closes that
        // file
        // for all. On a file, since a million rows in one transaction need more heap than this application has. With
        // DB_CLOSE_ON_EXIT, H2 would close the database as soon as a shutdown begins, while requests still use it.
        return "jdbc:h2:async:" + path.resolve(database) + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    /** Releases it, and deletes it if it was made for this run. */
    @Override
    public void close() {
        try {
            lock.close();
            if (temporary) {
                FileSystemUtils.deleteRecursively(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
