#!/bin/sh
# make test-kernel: the drivers on a real Linux kernel with simulated hardware, in a virtual machine (no KVM needed).
#
# Debian's kernel leaves the GPIO simulator out, so its two modules are built here from Debian's source of the same
# version. Nothing of that is kept in the repository or shipped; everything lies in .cache/kernel. The machine sees this
# machine's files, read-only, and runs tests/kernel with the environment of make test. Needs root for Debian packages.
set -eu
cd "$(dirname "$0")/../.."
here=$(pwd)
work=$here/.cache/kernel
say() { printf '\033[1mkernel\033[0m  %s\n' "$*"; }
need() { # need COMMAND PACKAGE...
    command=$1
    shift
    command -v "$command" >/dev/null 2>&1 && return
    [ "$(id -u)" = 0 ] || { say "needs $command; please run: sudo apt install $*"; exit 1; }
    say "installing $*"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
        { say "apt-get could not install $*"; exit 1; }
}

command -v apt-get >/dev/null 2>&1 && [ "$(dpkg --print-architecture)" = amd64 ] ||
    { say "runs on Debian or a derivative on x86-64 only; elsewhere the drivers are tested by make test alone"; exit 1; }
need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
need cpio cpio
need depmod kmod
need gcc gcc libc6-dev
need make make

version=$(apt-cache search '^linux-image-6\.1\.0-[0-9]*-amd64$' | sed 's/^linux-image-\([^ ]*\) .*/\1/' | sort -V | tail -n 1)
[ -n "$version" ] || { say "no kernel 6.1 among this machine's package sources (Debian 12 has it)"; exit 1; }
built=$work/$version
if [ ! -e "$built/done" ]; then
    need_headers=/lib/modules/$version/build
    [ -e "$need_headers" ] || need no-such-command "linux-headers-$version"
    rm -rf "$built"
    mkdir -p "$built/packages" "$built/modules"
    say "fetching Debian's kernel $version and its source (200 MB)"
    (cd "$built/packages" && apt-get download -qq "linux-image-$version" linux-source-6.1 2>/dev/null)
    for package in "$built"/packages/*.deb; do dpkg-deb -x "$package" "$built/tree"; done
    say "building the simulated GPIO chip"
    tar -xJf "$built/tree/usr/src/linux-source-6.1.tar.xz" -C "$built/modules" --strip-components=3 \
        linux-source-6.1/drivers/gpio/gpio-sim.c linux-source-6.1/drivers/gpio/gpiolib.h linux-source-6.1/kernel/irq/irq_sim.c
    # What modules may not call: irq_to_desc. Its callable sibling does the same.
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' "$built/modules/irq_sim.c"
    printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n' >>"$built/modules/irq_sim.c"
    echo 'obj-m := irq_sim.o gpio-sim.o' >"$built/modules/Makefile"
    make -s -C "/lib/modules/$version/build" M="$built/modules" modules >"$built/build.log" 2>&1 ||
        { tail -n 20 "$built/build.log"; exit 1; }
    depmod -b "$built/tree" "$version"
    "$here/.venv/bin/pip" install --quiet --disable-pip-version-check --target "$built/site" rpi-lgpio lgpio >"$built/pip.log" 2>&1 ||
        { tail -n 5 "$built/pip.log"; exit 1; }
    rm -rf "$built/packages" "$built/tree/usr/src"
    touch "$built/done"
fi

say "booting"
ram=$built/initramfs
rm -rf "$ram"
mkdir -p "$ram/bin" "$ram/modules" "$ram/host" "$ram/proc" "$ram/sys" "$ram/dev"
cp "$(command -v busybox)" "$ram/bin/busybox"
order=
for module in virtio_pci 9pnet_virtio 9p configfs vivid; do
    for file in $(modprobe -d "$built/tree" -S "$version" --show-depends "$module" | sed -n 's/^insmod //p'); do
        name=$(basename "$file")
        case " $order " in *" $name "*) continue ;; esac
        cp "$file" "$ram/modules/$name"
        order="$order $name"
    done
done
cp "$built/modules/irq_sim.ko" "$built/modules/gpio-sim.ko" "$ram/modules/"
cat >"$ram/init" <<EOF
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
for module in$order irq_sim.ko gpio-sim.ko; do insmod /modules/\$module || echo "cannot load \$module"; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
mount -t tmpfs tmpfs /host/tmp; mount -t proc proc /host/proc; mount -t sysfs sysfs /host/sys
mount -t devtmpfs dev /host/dev; mount -t configfs configfs /host/sys/kernel/config
mkdir -p /host/dev/shm /host/dev/pts; mount -t devpts devpts /host/dev/pts
cd /
chroot /host /bin/sh -c 'cd "$here" && HOME=/tmp LG_WD=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$built/site" \
    EGATE_KERNEL=1 .venv/bin/pytest --color=no -p no:cacheprovider tests/kernel $*'
echo "EGATE_KERNEL_EXIT=\$?"
poweroff -f
EOF
chmod +x "$ram/init"
(cd "$ram" && find . | cpio --quiet -o -H newc) >"$built/initramfs.cpio"
timeout 600 qemu-system-x86_64 -cpu max -m 1536 -smp 2 -nographic -no-reboot -kernel "$built/tree/boot/vmlinuz-$version" \
    -initrd "$built/initramfs.cpio" -append "console=ttyS0 quiet loglevel=3 panic=-1" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap 2>&1 | tee "$built/run.log" |
    sed -n -e 's/\x1b[^A-Za-z]*[A-Za-z]//g' -e '/test session starts/,/EGATE_KERNEL_EXIT/p' | grep -v EGATE_KERNEL_EXIT || true
grep -q 'EGATE_KERNEL_EXIT=0' "$built/run.log" || { say "failed; everything that the machine said: $built/run.log"; exit 1; }
